-- Posts one small JSON event.
wrk.method = "POST"
wrk.body = '{"orderId": 4711, "customer": "c-17", "items": [{"sku": "a", "count": 2, "price": 9.90}]}'
wrk.headers["content-type"] = "application/json"
