#include "backend/http/json_codec.hpp"
#include "core/contracts/uploads.hpp"

MV_JSON_CODEC(mv::DirectDraft)
MV_JSON_CODEC(mv::DirectUpload)
