namespace Sluice.Compare.Servers;

/// <summary>
/// nginx in both of its roles: the upstream that returns canned replies, and the plain reverse proxy that the gateway is
/// compared with.
/// </summary>
internal static class Nginx
{
    /// <summary>
    /// Reads each request to its end, as Bedrock does, and answers from a file. `mirror` is what makes nginx read a body
    /// before it serves a file; `error_page 405` turns the POST, which it would refuse there, into a GET; `add_after_body` is
    /// what makes it chunk a file, as Bedrock chunks its streams.
    /// </summary>
    public static Task<ServerProcess> StartUpstreamAsync(string folder, int port)
    {
        var canned = Directory.CreateDirectory(Path.Combine(folder, "canned")).FullName;
        foreach (var workload in Workload.Canned)
            File.WriteAllBytes(Path.Combine(canned, workload.CannedFile), workload.ReplyBody);
        return StartAsync(folder, "upstream", port, $$"""
            mirror_request_body on;
            etag off;
            add_header x-amzn-RequestId $request_id;
            server {
                listen 127.0.0.1:{{port}} backlog=1024;
                root {{folder}};
                location = /read { internal; return 204; }
                location = /nothing { internal; return 200 ""; }
            {{string.Join('\n', Workload.Canned.Select(Locations))}}
            }
            """);

        string Locations(Workload workload) => $$"""
                location ~ ^/model/(global\.)?{{workload.Model}}/{{workload.Operation}}$ {
                    mirror /read;
                    alias {{folder}}/canned/{{workload.CannedFile}};
                    error_page 405 =200 /canned/{{workload.CannedFile}};
                }
                location = /canned/{{workload.CannedFile}} {
                    internal;
                    {{(workload.Streamed
                        ? "default_type application/vnd.amazon.eventstream; add_after_body /nothing; addition_types *;"
                        : "default_type application/json;")}}
                }
            """;
    }

    /// <summary>
    /// A reverse proxy with kept-alive upstream connections and no log. Streams pass unbuffered, as a stream must; plain
    /// replies fit the buffers, so that nothing goes to disk.
    /// </summary>
    public static Task<ServerProcess> StartProxyAsync(string folder, int port, int upstreamPort) => StartAsync(folder, "proxy", port, $$"""
        upstream canned { server 127.0.0.1:{{upstreamPort}}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 1h; }
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        server {
            listen 127.0.0.1:{{port}} backlog=1024;
            location / { proxy_pass http://canned; }
            location ~ /converse-stream$ { proxy_pass http://canned; proxy_buffering off; }
        }
        """);

    private static Task<ServerProcess> StartAsync(string folder, string name, int port, string http)
    {
        var config = Path.Combine(folder, $"{name}.conf");
        File.WriteAllText(config, $$"""
            daemon off;
            worker_processes auto;
            pid {{folder}}/{{name}}.pid;
            error_log stderr error;
            events { worker_connections 4096; }
            http {
            access_log off;
            sendfile on;
            tcp_nodelay on;
            open_file_cache max=16 inactive=1h;
            keepalive_requests 1000000000;
            keepalive_timeout 1h;
            client_body_buffer_size 256k;
            client_max_body_size 32m;
            client_body_temp_path {{folder}}/{{name}}-body;
            proxy_temp_path {{folder}}/{{name}}-proxy;
            fastcgi_temp_path {{folder}}/{{name}}-fastcgi;
            uwsgi_temp_path {{folder}}/{{name}}-uwsgi;
            scgi_temp_path {{folder}}/{{name}}-scgi;
            {{http}}
            }
            """);
        return ServerProcess.StartAsync(port, Path.Combine(folder, $"{name}.log"), "nginx", "-p", folder, "-c", config);
    }
}
