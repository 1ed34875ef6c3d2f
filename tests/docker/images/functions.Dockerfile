# Stands for mcr.microsoft.com/azure-functions/python, with our host in place of Microsoft's: `python`
# on PATH, HOME=/home, the app of AzureWebJobsScriptRoot served on port 80. Packages come from the
# wheels beside it, so that builds need no index.
ARG DEBIAN
FROM ${DEBIAN}
ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/opt/wheels PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/home PATH=/opt/python/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY wheels /opt/wheels
RUN python3 -m venv /opt/python && python3 -m venv /opt/funcyard \
    && /opt/funcyard/bin/python -m pip install --no-cache-dir funcyard
WORKDIR /home/site/wwwroot
EXPOSE 80
# -I: the app's PYTHONPATH is for its worker alone.
CMD ["/opt/funcyard/bin/python", "-I", "/opt/funcyard/bin/funcyard", "host", "--address", "0.0.0.0", "--port", "80", "--keys", "/home/keys.json"]
