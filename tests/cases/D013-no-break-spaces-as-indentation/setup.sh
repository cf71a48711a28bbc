mkdir customers
printf 'brand: shop\ncustomers:\n\302\240\302\240C-1001: { firstname: Ada }\n' > customers/shop.yaml
