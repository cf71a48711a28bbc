mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001: { firstname: A\000da }\n' > customers/shop.yaml
