"""The coördinator's evening on a phone: alert, facts, texts, approval, signals, the end."""
