#pragma once

// Replies that are made once and given as often as they are asked for, until something changes.

#include <functional>

#include "backend/http/reply.hpp"
#include "backend/http/router.hpp"

namespace mv::http {

/// For a request of somebody signed in to a route that is `kept`. `make` is the handler with all that makes its reply,
/// which must be bytes in memory; it may run more than once. The reply is kept as it is sent: compressed.
[[nodiscard]] Result<Reply> answer_again(ReplyCache& cache, Context& context,
                                         const std::function<Result<Reply>()>& make);

} // namespace mv::http
