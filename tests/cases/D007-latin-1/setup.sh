mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001: { firstname: Ren\351e }\n' > customers/shop.yaml
