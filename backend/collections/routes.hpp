#pragma once

#include "backend/http/router.hpp"
#include "core/collections/service.hpp"

namespace mv {

/// The service must outlive the router.
void add_collection_routes(http::Router& router, collections::CollectionService& collections);

} // namespace mv
