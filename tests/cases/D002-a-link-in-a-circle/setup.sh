ln -s ../customers customers/again
