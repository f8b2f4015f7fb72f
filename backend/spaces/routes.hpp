#pragma once

#include "backend/http/router.hpp"
#include "core/spaces/invitations.hpp"
#include "core/spaces/presence.hpp"
#include "core/spaces/service.hpp"

namespace mv {

/// The services must outlive the router.
void add_space_routes(http::Router& router, spaces::SpaceService& spaces);
void add_presence_routes(http::Router& router, spaces::PresenceService& presence);
void add_invitation_routes(http::Router& router, spaces::InvitationService& invitations);

} // namespace mv
