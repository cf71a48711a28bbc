ln -s /etc customers/work
