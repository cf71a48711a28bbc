mkdir customers
printf 'brand: shop\ncustomers:\n  C-1001:\n    fields:\n      block: |-\n        one\n        \ttwo: # no comment\n\n        three\n      folded: >-\n        one\n        two\n      quoted: "one\\n\\ttwo"\n      plain: one\n        two\n' > customers/shop.yaml
