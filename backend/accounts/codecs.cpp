#include "backend/http/json_codec.hpp"
#include "core/contracts/accounts.hpp"

MV_JSON_REQUIRED(mv::RegisterRequest, "email", "password", "name")
MV_JSON_REQUIRED(mv::LoginRequest, "email", "password")
MV_JSON_REQUIRED(mv::PasswordChange, "currentPassword", "newPassword")

MV_JSON_CODEC(mv::RegisterRequest)
MV_JSON_CODEC(mv::LoginRequest)
MV_JSON_CODEC(mv::SignedIn)
MV_JSON_CODEC(mv::RefreshRequest)
MV_JSON_CODEC(mv::User)
MV_JSON_CODEC(mv::ProfilePatch)
MV_JSON_CODEC(mv::PasswordChange)
MV_JSON_CODEC(mv::Items<mv::SessionInfo>)
MV_JSON_CODEC(mv::ServerStatus)
MV_JSON_CODEC(mv::Settings)
MV_JSON_CODEC(mv::SettingsPatch)
