"""A local VK: API 5.199 over HTTP for one community, as far as messages, files and the wall go.

    server     the socket, the tokens, the rate, one request from form to answer
    tables     our own data: methods and their parameters, errors, limits
    checks     a form against the tables
    refusals   what VK answers instead of a response
    troubles   the script of faults in VK's terms
    script     `execute`, for scripts that return a list of calls
    world      what the community has sent, posted and uploaded
    messages, files, wall, community    the methods themselves

Stricter than VK where a mistake of ours would pass unnoticed there: an unknown parameter is error
100, any version but 5.199 is error 8.
"""

from __future__ import annotations

from broadcaster.sandbox.vk.server import VkSandbox

__all__ = ["VkSandbox"]
