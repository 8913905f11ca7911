-- What wrk sends: one address again and again; or, where a token is given as the argument, posts
-- that register an organization each, under an id of its own, as the operator.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function post()
  sent = sent + 1
  local id = string.format("%s-%s-4%03x-8000-%012x", run:sub(1, 8), run:sub(9, 12), number, sent)
  local body = '{"business_date":"2017-01-01","by":{"checker":"l-2","maker":"l-1","org":"platform"},' ..
    '"data":{"jurisdiction":"130723","kind":"payee","name":"载荷","org":"load-' .. id .. '"},' ..
    '"docs":[],"id":"' .. id .. '","jurisdiction":"130000","type":"organization_registered"}'
  return wrk.format("POST", "/v1/events", nil, body)
end

function init(args)
  if not args[1] or args[1] == "" then return end
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  wrk.headers["Content-Type"] = "application/json"
  local seed = io.open("/dev/urandom", "rb"):read(6)
  run, sent = "", 0
  for at = 1, 6 do run = run .. string.format("%02x", seed:byte(at)) end
  request = post
end

-- Requests a second, p50 and p99 in milliseconds, and how many were not answered well.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
