from orders.main import app
