#include "backend/http/json_codec.hpp"
#include "core/contracts/collections.hpp"

MV_JSON_CODEC(mv::Collection)
MV_JSON_CODEC(mv::Items<mv::Collection>)
MV_JSON_CODEC(mv::CollectionDraft)
MV_JSON_CODEC(mv::CollectionPatch)
MV_JSON_CODEC(mv::CollectionOrder)
MV_QUERY_CODEC(mv::CollectionQuery)
