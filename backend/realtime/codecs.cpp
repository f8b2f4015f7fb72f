#include "backend/http/json_codec.hpp"
#include "core/contracts/events.hpp"

MV_JSON_REQUIRED(mv::EventAuthentication, "type", "accessToken")

MV_JSON_CODEC(mv::EventAuthentication)
MV_QUERY_CODEC(mv::EventQuery)
