mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001: { fields: { pre\314\201nom: Ada } }\n' > customers/shop.yaml
