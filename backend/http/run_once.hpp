#pragma once

// A creation under an `Idempotency-Key`: done once, and answered the same as often as it is asked for.

#include <functional>

#include "backend/http/reply.hpp"
#include "backend/http/router.hpp"

namespace mv::http {

/// For a request of somebody signed in that carries the header. `run` is the handler with all that makes its reply,
/// which must be bytes in memory; it may run more than once. A reply that was kept carries `Idempotency-Replayed:
/// true`.
[[nodiscard]] Result<Reply> run_once(IdempotencyStore& store, Context& context,
                                     const std::function<Result<Reply>()>& run);

} // namespace mv::http
