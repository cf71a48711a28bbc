mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001:\n    firstname:\302\240Ada\n    lastname: Lovelace\n' > customers/shop.yaml
