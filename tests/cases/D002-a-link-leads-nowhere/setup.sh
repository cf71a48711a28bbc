ln -s gone.yaml customers/work.yaml
