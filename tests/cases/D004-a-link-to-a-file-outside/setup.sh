ln -s /etc/hostname customers/work.yaml
