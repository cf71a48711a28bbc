mkdir customers
printf 'brand: shop\rcustomers: {}\r' > customers/shop.yaml
