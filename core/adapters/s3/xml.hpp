#pragma once

// What we need of XML: the texts of a small answer by their place in it. By expat.

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::s3 {

/// Calls `visit` at the end of each element, with its place without namespaces (`ListBucketResult/Contents/Key`) and
/// the text in it. `unavailable` with `storage.failed` for what is not well formed, after what came before was visited.
[[nodiscard]] Result<void> read_xml(std::string_view xml,
                                    const std::function<void(std::string_view place, const std::string& text)>& visit);

/// The text of the first element at `place`; "" when there is none.
[[nodiscard]] std::string xml_text(std::string_view xml, std::string_view place);

/// Escaped, for a body of ours.
[[nodiscard]] std::string xml_escape(std::string_view text);

} // namespace mv::s3
