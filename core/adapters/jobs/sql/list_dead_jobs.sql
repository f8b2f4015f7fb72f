SELECT id, kind, payload, reason, attempts, updated_at FROM jobs WHERE state = 'dead' ORDER BY updated_at DESC LIMIT ?1
