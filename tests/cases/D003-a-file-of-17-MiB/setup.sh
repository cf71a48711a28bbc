mkdir customers
head -c 17825792 /dev/zero | tr '\0' '#' > customers/shop.yaml
