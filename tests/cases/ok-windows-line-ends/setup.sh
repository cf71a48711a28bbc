mkdir customers
printf 'brand: shop\r\ncustomers:\r\n  C-1001:\r\n    firstname: "Ada"\r\n    fields:\r\n      note: |-\r\n        one\r\n        two\r\n' > customers/shop.yaml
