-- Walks the addresses of a file, one after the other, and prints its figures as JSON.
-- wrk … -s requests.lua URL -- FILE [METHOD] [BODY]
local requests = {}
local at = 0

function init(arguments)
  wrk.method = arguments[2] or "GET"
  wrk.body = arguments[3]
  if wrk.body then wrk.headers["Content-Type"] = "application/json" end
  for path in io.lines(arguments[1]) do requests[#requests + 1] = wrk.format(nil, path) end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nFIGURES {"requests":%d,"us":%d,"bytes":%d,"p50":%d,"p99":%d,"failed":%d}\n', summary.requests,
    summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
