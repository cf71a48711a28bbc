mkfifo customers/work.yaml
