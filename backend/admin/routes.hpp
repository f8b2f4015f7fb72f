#pragma once

#include "backend/http/router.hpp"
#include "core/admin/job_admin.hpp"

namespace mv {

/// The service must outlive the router.
void add_job_admin_routes(http::Router& router, admin::JobAdmin& jobs);

} // namespace mv
