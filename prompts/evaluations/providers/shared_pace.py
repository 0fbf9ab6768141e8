"""The same limits for every worker: kept in the broker's Redis, by its clock.

Where the broker cannot be reached, each process keeps the limits by itself until it can.
"""

import logging
import threading
import time
import uuid
from typing import Any

import redis
from celery import current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

from prompts.evaluations.providers.limits import Limits
from prompts.evaluations.providers.pace import OwnPace, whole_ms

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 10.0
SOCKET = "redis+socket://"
TAKE = """
local asked, tokens, pause = KEYS[1], KEYS[2], KEYS[3]
local requests_limit, tokens_limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ticket, wanted = ARGV[4], tonumber(ARGV[5])
local paused = redis.call('PTTL', pause)
if paused > 0 then return paused end
if requests_limit < 0 and tokens_limit < 0 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', asked, '-inf', now - window)) do
  redis.call('ZREM', asked, old)
  redis.call('HDEL', tokens, old)
end
local until_ = 0
local count = redis.call('ZCARD', asked)
if requests_limit >= 0 and count >= requests_limit then
  local place = count - requests_limit
  until_ = tonumber(redis.call('ZRANGE', asked, place, place, 'WITHSCORES')[2]) + window
end
if tokens_limit >= 0 then
  wanted = math.min(wanted, tokens_limit)
  local over = wanted - tokens_limit
  for _, taken in ipairs(redis.call('HVALS', tokens)) do over = over + tonumber(taken) end
  if over > 0 then
    local rows = redis.call('ZRANGE', asked, 0, -1, 'WITHSCORES')
    for place = 1, #rows, 2 do
      if over <= 0 then break end
      over = over - tonumber(redis.call('HGET', tokens, rows[place]) or 0)
      until_ = math.max(until_, tonumber(rows[place + 1]) + window)
    end
  end
end
if until_ > 0 then return math.max(1, until_ - now) end
redis.call('ZADD', asked, now, ticket)
redis.call('HSET', tokens, ticket, wanted)
redis.call('PEXPIRE', asked, window * 2)
redis.call('PEXPIRE', tokens, window * 2)
return 0
"""
SETTLE = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return 0
"""
PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 0
"""


class SharedPace:
    """Limits in the broker; ``own`` stands in while it is away."""

    def __init__(self) -> None:
        self._own = OwnPace()
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._away_until = 0.0

    def take(self, limits: Limits, tokens: int) -> tuple[str, float]:
        """A ticket and 0.0, or "" and the seconds after which to ask again."""
        ticket = uuid.uuid4().hex
        told = [-1 if one is None else one for one in (limits.requests, limits.tokens)]
        keys = [_key(limits, part) for part in ("asked", "tokens", "pause")]
        wait = self._run(TAKE, keys, [*told, whole_ms(limits.seconds), ticket, tokens])
        if wait is None:
            return self._own.take(limits, tokens)
        return ("", wait / 1000) if wait else (ticket, 0.0)

    def settle(self, limits: Limits, ticket: str, tokens: int) -> None:
        """Says what a request with that ticket really took."""
        self._own.settle(limits, ticket, tokens)
        if limits.tokens is not None:
            self._run(SETTLE, [_key(limits, "tokens")], [ticket, tokens])

    def pause(self, limits: Limits, seconds: float) -> None:
        """Lets nobody ask for so long."""
        if self._run(PAUSE, [_key(limits, "pause")], [whole_ms(seconds)]) is None:
            self._own.pause(limits, seconds)

    def _run(self, script: str, keys: list[str], values: list[Any]) -> int | None:
        """What the script returns; None where there is no broker to ask."""
        client = self._client()
        if client is None or time.monotonic() < self._away_until:
            return None
        try:
            return int(client.eval(script, len(keys), *keys, *values))
        except (redis.RedisError, OSError) as error:
            self._away_until = time.monotonic() + TRY_AGAIN_SECONDS
            log.info("limits are kept by this process alone for now: %s", type(error).__name__)
            return None

    def _client(self) -> Any:
        """A client of the broker; None where the broker is no Redis."""
        url = str(current_app.conf.broker_url or "")
        with self._lock:
            if url not in self._clients:
                self._clients[url], self._away_until = _client_for(url), 0.0
            return self._clients[url]


def _client_for(url: str) -> Any:
    waits: dict[str, Any] = {"socket_timeout": 3, "socket_connect_timeout": 3, "retry": Retry(NoBackoff(), 0)}
    if url.startswith(SOCKET):
        return redis.Redis(unix_socket_path=url.removeprefix(SOCKET), **waits)
    if url.startswith(("redis://", "rediss://")):
        return redis.Redis.from_url(url, **waits)
    return None


def _key(limits: Limits, part: str) -> str:
    """All keys of one provider lie in one slot of a cluster."""
    return f"imprimatur:pace:{{{limits.name}}}:{part}"


PACE = SharedPace()
"""The one that this process asks."""
