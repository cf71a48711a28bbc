mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001:\n    channels: { email: ada\342\200\213@example.com }\n' > customers/shop.yaml
