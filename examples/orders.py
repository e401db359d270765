"""What a day's orders add up to."""


def total_price(orders):
    total = 0
    for order in orders:
        total += order.price
    return total


def total_weight(orders):
    total = 0
    for order in orders:
        total += order.weight
    return total


def total_volume(orders):
    total = 0
    for order in orders:
        total += order.volume
    return total
