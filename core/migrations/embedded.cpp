#include "core/migrations/embedded.hpp"

namespace mv::migrations {

std::span<const Migration> all() { return kMigrations; }

} // namespace mv::migrations
