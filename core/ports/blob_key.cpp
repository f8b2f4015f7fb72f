#include "core/ports/blob_store.hpp"

namespace mv {

bool is_blob_key(std::string_view key) {
  if (key.empty() || key.size() > 200 || key.back() == '/') return false;
  bool at_start = true;
  for (const char c : key) {
    if (at_start && (c == '.' || c == '/')) return false;
    const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
    if (!known) return false;
    at_start = c == '/';
  }
  return true;
}

} // namespace mv
