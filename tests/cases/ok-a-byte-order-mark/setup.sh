mkdir customers
printf '\357\273\277brand: shop\ncustomers:\n  C-1001: { firstname: Ada }\n' > customers/shop.yaml
