mkdir customers
printf 'brand: shop\ncustomers:\n  C-\342\200\2131001: { firstname: Ada }\n' > customers/shop.yaml
