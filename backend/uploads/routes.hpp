#pragma once

#include "backend/http/router.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"
#include "core/uploads/intake.hpp"
#include "core/uploads/service.hpp"

namespace mv {

/// Upload in one request, and what is asked before.
void add_upload_routes(http::Router& router, uploads::ContentStore& contents, uploads::Intake& intake);
/// tus 1.0.0 at /api/v1/uploads.
void add_tus_routes(http::Router& router, uploads::UploadService& uploads);
/// Originals and previews.
void add_media_routes(http::Router& router, Database& db, uploads::ContentStore& contents);

} // namespace mv
