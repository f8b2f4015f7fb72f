#include "backend/http/json_codec.hpp"
#include "core/contracts/admin.hpp"

MV_JSON_REQUIRED(mv::JobsRetry, "kind")

MV_JSON_CODEC(mv::Items<mv::JobKindCounts>)
MV_JSON_CODEC(mv::Page<mv::DeadJobInfo>)
MV_JSON_CODEC(mv::JobsRetry)
MV_JSON_CODEC(mv::JobsRetried)
