"""The practice provider: a telephone company in one process, for training, demo and tests.

It speaks Twilio's HTTP both ways (voice webhooks out, REST in) and knows nothing of the product.
It can never ring a real number: see `practice.phones.may_ring`.
"""
