mkdir customers
printf 'brand: shop\ncustomers:\n  AC\320\241-1001: { firstname: Ada }\n' > customers/shop.yaml
