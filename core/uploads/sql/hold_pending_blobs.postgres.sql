-- Others may read the list, but neither begin to expect content nor settle that it has come. Unlike a SELECT this takes
-- no snapshot, so that what is read next is not from before the wait for the lock.
LOCK TABLE pending_blobs IN SHARE ROW EXCLUSIVE MODE
