"""The Celery entry point: `celery -A worker.celery_app worker` and `… beat`."""

from app import create_worker

celery_app = create_worker()
