#include "core/spaces/view.hpp"

#include "core/spaces/sql.hpp"

namespace mv::spaces {

Result<std::string> view_version(Database& db, std::string_view user_id) {
  TRY(const Rows rows, db.read_one(sql::list_last_events, user_id));
  std::string version;
  for (const Row& row : rows)
    version.append(row.text(0)).append(" ").append(row.text(1)).append(" ").append(row.text(2)).append("\n");
  return version;
}

} // namespace mv::spaces
