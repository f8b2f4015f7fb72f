UPDATE uploads SET writer = '', writer_until = 0 WHERE writer <> ''
