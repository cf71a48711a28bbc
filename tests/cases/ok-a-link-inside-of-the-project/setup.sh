mkdir customers
ln -s ../people/shop.yaml customers/shop.yaml
