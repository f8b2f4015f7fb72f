SELECT COUNT(*) FROM jobs WHERE state IN ('waiting', 'running')
