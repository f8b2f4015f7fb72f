#pragma once

#include "backend/http/router.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"
#include "core/ports/direct_store.hpp"
#include "core/uploads/intake.hpp"
#include "core/uploads/service.hpp"

namespace mv {

/// Upload in one request, and what is asked before.
void add_upload_routes(http::Router& router, uploads::ContentStore& contents, uploads::Intake& intake);
/// tus 1.0.0 at /api/v1/uploads.
void add_tus_routes(http::Router& router, uploads::UploadService& uploads);
/// Uploads that clients put into the store themselves.
void add_direct_upload_routes(http::Router& router, uploads::UploadService& uploads);
/// Originals and previews. `direct`: the store to which clients are sent for them; null: their bytes pass through us.
void add_media_routes(http::Router& router, Database& db, uploads::ContentStore& contents, const DirectStore* direct);

} // namespace mv
