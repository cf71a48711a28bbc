mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001: { firstname: Rene\314\201, fields: { city: Orle\314\201ans } }\n' > customers/shop.yaml
