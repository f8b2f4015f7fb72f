#pragma once

// The tables behind messages.hpp. New keys go here, in the order of the alphabet within their feature.

#include <span>

#include "backend/http/messages.hpp"

namespace mv::http {

[[nodiscard]] std::span<const Words> problem_words();
[[nodiscard]] std::span<const Words> field_words();

} // namespace mv::http
