#!/bin/sh
python manage.py migrate --noinput || true
exec gunicorn config.wsgi
