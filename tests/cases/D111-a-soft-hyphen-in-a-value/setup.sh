mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001: { fields: { note: "a\302\255b" } }\n' > customers/shop.yaml
